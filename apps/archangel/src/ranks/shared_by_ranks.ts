import { type Reference, remembered, sharedReference } from '@halokit/trainer';
import { currentRanks } from './ranks';

/** A reference that every rank has: each answers a share of what all ask, and all remember the answers. */
export function sharedByRanks(reference: Reference): Reference {
  const { communicator } = currentRanks();
  return communicator ? remembered(sharedReference(reference, communicator)) : reference;
}
