// Tests that load this first run on a graphics processor in software.
import { setDevice } from '../src';
import { softwareVulkan } from './software_vulkan';

softwareVulkan('lavapipe');
setDevice('webgpu');
