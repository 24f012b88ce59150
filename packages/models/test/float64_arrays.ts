// What TensorFlow.js' cpu backend makes by the name of Float32Array is float64 from here on: import it before TensorFlow.js.
Object.assign(globalThis, { Float32Array: Float64Array });
