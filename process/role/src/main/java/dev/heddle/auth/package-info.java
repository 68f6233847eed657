/**
 * The authentication of clients: the verification of JSON Web Tokens against configured keys and known revocations.
 *
 * <p>Called by every role with a public port (the edge at a handshake and when a token is renewed, ingest at a
 * request), on event loops, which wait for nothing. Verifying is pure computation on the keys that are known, on
 * threads of its own and in fair order; the claims of a token with a valid signature are cached under its digest; a key
 * address in a token is never followed. One thread refreshes the keys, and a bounded number of tokens with an unknown
 * key waits for it. Safe for any thread. A token's text is never logged, kept or put into a message.
 */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
