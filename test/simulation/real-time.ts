/** The timers that the world of a simulation itself needs; taken before they are replaced. */
export const realSetImmediate = globalThis.setImmediate;
export const realPerformanceNow = performance.now.bind(performance);
