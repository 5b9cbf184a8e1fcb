import assert from 'node:assert/strict';
import type { Cloud } from '../../../src/azure/cloud.ts';
import { publicCloud, vaultHost } from '../../../src/azure/cloud.ts';
import type { CloudMetadata } from '../../../src/azure/cloud-metadata.ts';
import { readCloud } from '../../../src/azure/endpoint-cloud.ts';
import type { Endpoint } from './endpoint-reader.ts';
import { endpointReader, refusal } from './endpoint-reader.ts';

const never = (): Promise<CloudMetadata> => Promise.reject(new Error('nobody asks for metadata here'));
const read = (endpoint: Endpoint, ask: (url: string) => Promise<CloudMetadata> = never): Promise<Cloud> =>
  readCloud(endpointReader(endpoint), 'id', ask);

const stackUrl = 'https://management.local.azurestack.external/';
const stackAudience = 'https://management.adfs.azurestack.local/df01d4ba-f18b-458b-b4d6-4e83dd06bf24';
const stackLogin = 'https://adfs.local.azurestack.external/adfs';

describe('the cloud of a service connection', () => {
  it('is the public one where the connection names none', async () => {
    assert.deepEqual(await read({}), publicCloud);
    assert.deepEqual(await read({ data: { environment: '' } }), publicCloud);
  });

  const clouds = [
    [
      'AzureUSGovernment',
      'management.usgovcloudapi.net',
      'login.microsoftonline.us',
      'vault.usgovcloudapi.net',
      'USGov',
    ],
    ['AzureChinaCloud', 'management.chinacloudapi.cn', 'login.partner.microsoftonline.cn', 'vault.azure.cn', 'China'],
  ] as const;
  for (const [environment, manager, login, vault, suffix] of clouds) {
    it(`is ${environment} with all of its addresses, in any letter case`, async () => {
      for (const name of [environment, environment.toLowerCase()]) {
        assert.deepEqual(await read({ data: { environment: name } }), {
          name: environment,
          resourceManager: `https://${manager}`,
          resourceManagerAudience: `https://${manager}`,
          authority: `https://${login}`,
          identityProvider: 'entra',
          vaultSuffix: vault,
          vaultAudience: `https://${vault}`,
          federationAudience: `api://AzureADTokenExchange${suffix}`,
        });
      }
    });
  }

  it("takes every address from the connection's own data before the table", async () => {
    const data = {
      environment: 'AzureUSGovernment',
      activeDirectoryAuthority: 'https://login.example/',
      environmentAuthorityUrl: 'https://another.example/',
      activeDirectoryServiceEndpointResourceId: 'https://management.core.usgovcloudapi.net/',
      AzureKeyVaultDnsSuffix: '.vault.example',
      AzureKeyVaultServiceEndpointResourceId: 'https://vault.example/',
    };
    const cloud = await read({ url: 'https://arm.example/', data });
    assert.deepEqual(cloud, {
      name: 'AzureUSGovernment',
      resourceManager: 'https://arm.example',
      resourceManagerAudience: 'https://management.core.usgovcloudapi.net',
      authority: 'https://login.example',
      identityProvider: 'entra',
      vaultSuffix: 'vault.example',
      vaultAudience: 'https://vault.example',
      federationAudience: 'api://AzureADTokenExchangeUSGov',
    });
    assert.equal(vaultHost(cloud, 'KvWeb'), 'kvweb.vault.example');
  });

  const former = [
    ['login.windows.net', 'login.microsoftonline.com'],
    ['login.usgovcloudapi.net', 'login.microsoftonline.us'],
    ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
  ] as const;
  for (const [before, now] of former) {
    it(`asks ${now} where the connection still says ${before}`, async () => {
      const { authority } = await read({ data: { environmentAuthorityUrl: `https://${before}/` } });
      assert.equal(authority, `https://${now}`);
    });
  }

  it('says that Azure Germany is closed', async () => {
    await assert.rejects(
      read({ data: { environment: 'AzureGermanCloud' } }),
      refusal('CON009', /closed on 29 October 2021/),
    );
  });

  it('refuses addresses that are no https addresses', async () => {
    await assert.rejects(read({ url: 'management' }), refusal('CON001', /server URL "management"/));
    const data = { activeDirectoryAuthority: 'http://login.example' };
    await assert.rejects(read({ data }), refusal('CON001', /authority "http:/));
  });
});

describe('a cloud with addresses of its own', () => {
  const data = {
    environment: 'AzureStack',
    activeDirectoryAuthority: `${stackLogin}/`,
    activeDirectoryServiceEndpointResourceId: stackAudience,
    enableAdfsAuthentication: 'true',
  };

  it('is an Azure Stack Hub with ADFS, its audience letter for letter and its vaults by its domain', async () => {
    assert.deepEqual(await read({ url: stackUrl, data }), {
      name: 'AzureStack',
      resourceManager: 'https://management.local.azurestack.external',
      resourceManagerAudience: stackAudience,
      authority: stackLogin,
      identityProvider: 'adfs',
      vaultSuffix: 'vault.local.azurestack.external',
      vaultAudience: 'https://vault.local.azurestack.external',
      federationAudience: 'api://AzureADTokenExchange',
    });
  });

  it('asks ADFS by its path, whether the flag is set or the path stands in the authority', async () => {
    const host = 'https://adfs.local.azurestack.external/';
    const byFlag = await read({ url: stackUrl, data: { ...data, activeDirectoryAuthority: host } });
    const byPath = await read({ url: stackUrl, data: { ...data, enableAdfsAuthentication: 'false' } });
    assert.deepEqual([byFlag.authority, byPath.authority], [stackLogin, stackLogin]);
    assert.deepEqual([byFlag.identityProvider, byPath.identityProvider], ['adfs', 'adfs']);
  });

  it('trusts what the Microsoft Entra trusts that it is connected to', async () => {
    const login = 'https://login.chinacloudapi.cn/';
    const connected = { ...data, enableAdfsAuthentication: 'false', activeDirectoryAuthority: login };
    const cloud = await read({ url: stackUrl, data: connected });
    assert.equal(cloud.identityProvider, 'entra');
    assert.equal(cloud.federationAudience, 'api://AzureADTokenExchangeChina');
  });

  it('asks its Resource Manager for what the connection does not say, and only then', async () => {
    const asked: string[] = [];
    const ask = (url: string): Promise<CloudMetadata> => {
      asked.push(url);
      return Promise.resolve({ authority: stackLogin, resourceManagerAudience: stackAudience });
    };
    const cloud = await read({ url: stackUrl, data: { environment: 'AzureStack' } }, ask);
    assert.deepEqual(asked, ['https://management.local.azurestack.external']);
    assert.deepEqual([cloud.authority, cloud.identityProvider], [stackLogin, 'adfs']);
    assert.equal(cloud.resourceManagerAudience, stackAudience);
  });

  it('needs its server URL', async () => {
    await assert.rejects(read({ data: { environment: 'AzureStack' } }), refusal('CON009', /does not say the address/));
  });
});
