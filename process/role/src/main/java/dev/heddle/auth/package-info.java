/**
 * Who a client is: the verification of JSON Web Tokens against configured keys and known revocations, and nothing else.
 *
 * <p>Called by every role with a public port (the edge at a handshake and when a token is renewed, ingest at a
 * request), on event loops, which wait for nothing. Verifying is pure computation on the keys that are known, on
 * threads of its own and in fair order; what a token says whose signature was good is remembered under its digest; it
 * never follows a key address out of a token. One thread looks at the configured keys, and a token whose key is unknown
 * waits for it in a bounded room. Safe for any thread. A token's text is never logged, kept or put into a message.
 */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
