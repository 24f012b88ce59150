// The part of jasmine-core that the harness uses; the package has no declarations.

declare module 'jasmine-core' {
  /** A suite, or a spec if it has no children. */
  export interface Node {
    readonly id: string;
    readonly children?: readonly Node[];
  }

  export interface Spec {
    readonly id: string;
    getFullName(): string;
  }

  export interface Failure {
    readonly message: string;
    readonly stack?: string;
  }

  export interface Result {
    readonly id: string;
    readonly fullName: string;
    readonly failedExpectations: readonly Failure[];
  }

  export interface SpecDone extends Result {
    readonly status: string;
    readonly duration: number | null;
  }

  export interface Reporter {
    suiteStarted(suite: Result): void;
    suiteDone(suite: Result): void;
    specStarted(spec: Result): void;
    specDone(spec: SpecDone): void;
    jasmineDone(run: { readonly failedExpectations: readonly Failure[] }): void;
  }

  export interface Env {
    topSuite(): Node;
    configure(options: {
      random?: boolean;
      forbidDuplicateNames?: boolean;
      specFilter?: (spec: Spec) => boolean;
    }): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<unknown>;
  }

  export interface Jasmine {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(): Env;
  }

  const core: { boot(): Jasmine };
  export default core;
}
