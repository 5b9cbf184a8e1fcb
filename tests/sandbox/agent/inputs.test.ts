import assert from 'node:assert/strict';
import path from 'node:path';
import { probe } from './probe.ts';

const connection = '11111111-2222-3333-4444-555555555555';
const other = '66666666-7777-8888-9999-aaaaaaaaaaaa';
const endpoints = [connection, other, 'SYSTEMVSSCONNECTION'].map((id) => ({
  id,
  variables: {
    [`ENDPOINT_URL_${id}`]: 'https://localhost/',
    [`ENDPOINT_AUTH_PARAMETER_${id}_SERVICEPRINCIPALKEY`]: `key-of-${id}`,
  },
}));

describe('agent: inputs and environment', () => {
  it('trims a default, expands it, and keeps blanks that come from a variable', async () => {
    const run = await probe('', { variables: [{ name: 'planet', value: ' mars ' }] });
    assert.equal(run.environment['INPUT_GREETING'], 'hello  mars ');
  });

  it('leaves an unknown macro as literal text and expands from the agent environment last', async () => {
    const run = await probe('', {
      inputs: { greeting: '$(nobody) $(WHERE) $(planet)', plain: '' },
      variables: [
        { name: 'Planet', value: '$(star)' },
        { name: 'star', value: 'sun' },
      ],
      hostEnvironment: { WHERE: 'here' },
    });
    assert.equal(run.environment['INPUT_GREETING'], '$(nobody) here sun');
    assert.equal(run.environment['INPUT_PLAIN'], '');
  });

  it('resolves an alias to its input and hands over only the connections that inputs name, and its own', async () => {
    const run = await probe('', { inputs: { azureConnection: connection }, endpoints });
    assert.equal(run.environment['INPUT_CONNECTION'], connection);
    assert.equal(run.environment[`ENDPOINT_URL_${connection}`], 'https://localhost/');
    assert.equal(run.environment['ENDPOINT_URL_SYSTEMVSSCONNECTION'], 'https://localhost/');
    assert.equal(run.environment[`ENDPOINT_URL_${other}`], undefined);
  });

  it('makes an empty filePath input the default directory', async () => {
    const run = await probe('');
    assert.equal(run.environment['INPUT_FILE'], run.environment['SYSTEM_DEFAULTWORKINGDIRECTORY']);
    assert.equal(path.basename(run.environment['INPUT_FILE'] ?? ''), 's');
  });

  it('hands secrets over as SECRET_ only, and lists both kinds by their real names', async () => {
    const run = await probe('', {
      variables: [
        { name: 'my.open', value: '1' },
        { name: 'my secret-x', value: 'hidden', secret: true },
        { name: 'derived', value: '<$(my secret-x)>' },
      ],
    });
    assert.equal(run.environment['MY_OPEN'], '1');
    assert.equal(run.environment['SECRET_MY_SECRET-X'], 'hidden');
    assert.equal(run.environment['MY_SECRET-X'], undefined);
    assert.equal(run.environment['SECRET_DERIVED'], '<hidden>');
    assert.ok((JSON.parse(run.environment['VSTS_PUBLIC_VARIABLES'] ?? '') as string[]).includes('my.open'));
    assert.deepEqual(JSON.parse(run.environment['VSTS_SECRET_VARIABLES'] ?? ''), ['my secret-x', 'derived']);
  });

  it('lets job variables win over env of the step, and inherits neither proxy nor options of this process', async () => {
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    try {
      const run = await probe('', {
        env: { OWN: '  $(planet) ', PLANET: 'x' },
        variables: [{ name: 'planet', value: 'earth' }],
      });
      assert.equal(run.environment['OWN'], 'earth');
      assert.equal(run.environment['PLANET'], 'earth');
      assert.equal(run.environment['HTTP_PROXY'], undefined);
      assert.equal(run.environment['TF_BUILD'], 'True');
    } finally {
      delete process.env['HTTP_PROXY'];
    }
  });

  it('tells a task of its proxy and authorities through variables that task-lib reads', async () => {
    const run = await probe(
      `console.log(JSON.stringify(tl.getHttpProxyConfiguration('https://example.org')), tl.getHttpProxyConfiguration('https://direct.test'), tl.getVariable('Agent.CAInfo'))`,
      {
        proxy: { url: 'http://127.0.0.1:8888', username: 'u', password: 'p w', bypass: ['direct\\.test'] },
        caFile: '/tmp/ca.pem',
      },
    );
    const line = run.rawOutput.find((text) => text.startsWith('{')) ?? '';
    assert.match(
      line,
      /"proxyUrl":"http:\/\/127.0.0.1:8888".*"proxyUsername":"u","proxyPassword":"p w".* null \/tmp\/ca.pem$/,
    );
    assert.ok(!run.log.join('\n').includes('p w'));
  });

  it('gives a classic release its variables and working directory, and no OIDC request URI', async () => {
    const facts = { oidcRequestUri: 'https://localhost/oidc', accessToken: 'job-token' };
    const build = await probe('console.log(process.cwd())', facts);
    const release = await probe('console.log(process.cwd())', { ...facts, host: 'release' });
    assert.equal(build.environment['SYSTEM_OIDCREQUESTURI'], 'https://localhost/oidc');
    assert.equal(build.environment['SYSTEM_HOSTTYPE'], 'build');
    assert.equal(release.environment['SYSTEM_OIDCREQUESTURI'], undefined);
    assert.equal(release.environment['SYSTEM_HOSTTYPE'], 'release');
    assert.equal(release.environment['RELEASE_RELEASEID'], '1');
    assert.equal(release.environment['BUILD_BUILDID'], undefined);
    assert.equal(release.environment['SYSTEM_ACCESSTOKEN'], undefined);
    assert.equal(release.environment['SECRET_SYSTEM_ACCESSTOKEN'], 'job-token');
    assert.match(release.log.at(-1) ?? '', /r1\/a$/);
  });
});
