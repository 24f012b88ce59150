// TensorFlow.js's own specs on a graphics processor in software.
import { describe } from 'vitest';
import { driverVariables, missingDriver } from '../test/software_vulkan';
import { holdSpecs } from '../test/tfjs_specs/hold_specs';

const missing = missingDriver('lavapipe');

describe.skipIf(missing)(missing ?? 'on lavapipe', () => holdSpecs('webgpu', driverVariables('lavapipe')));
