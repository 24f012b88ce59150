import type { Answer } from './answer';
import type { TokenCounts } from './budget';

/** What a chat's template puts around a message, generously. */
const aroundMessage = 32;

/**
 * The most tokens that a question can take: no token is shorter than a byte, and no answer longer than its limit.
 *
 * @param maxTokens longest answer; 512 unless stated
 */
export function tokenBound(text: string, { maxTokens = 512 }: { readonly maxTokens?: number }): TokenCounts {
  return { promptTokens: new TextEncoder().encode(text).length + aroundMessage, completionTokens: maxTokens };
}

/** Tokens that were used, by the endpoint's count; where it has none, the most that they can be. */
export function tokensOf(answer: Answer, text: string, options: { readonly maxTokens?: number }): TokenCounts {
  const most = tokenBound(text, options);
  return {
    promptTokens: answer.promptTokens ?? most.promptTokens,
    completionTokens: answer.completionTokens ?? most.completionTokens,
  };
}
