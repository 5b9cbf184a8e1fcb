export declare function orphaned(): Promise<void>;
