/** The p-value below which a difference is called significant, after the correction for how many are tested. */
export const level = 0.05;
