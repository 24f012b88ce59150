export { FakeHub, type FakeHubOptions } from './fake_hub';
