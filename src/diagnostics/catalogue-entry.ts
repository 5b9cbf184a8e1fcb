/** A diagnostic code's page in docs/troubleshooting.md: codes are a closed union and are never reused. */
export interface CatalogueEntry {
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
}
