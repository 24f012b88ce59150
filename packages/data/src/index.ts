export type { Binary, Demonstration, Preference, Prompt, Role, Turn } from './feedback';
export type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';
