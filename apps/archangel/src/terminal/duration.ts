/** A duration as a person says it: `8 s`, `3 min 20 s`, `2 h 5 min`, `4 days 3 h`, `2.5 years`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s >= 730 * 86400) return `${(s / 86400 / 365.25).toFixed(1)} years`;
  if (s >= 48 * 3600) return `${Math.floor(s / 86400)} days ${Math.floor((s % 86400) / 3600)} h`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
