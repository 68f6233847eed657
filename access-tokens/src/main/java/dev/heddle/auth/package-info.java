/**
 * Who a client is: the verification of JSON Web Tokens against configured keys and known revocations, and nothing else.
 *
 * <p>Called by every role with a public port (the edge at a handshake and when a token is renewed, ingest at a request), on event loops; verifying is pure computation on keys read
 * at start, it never opens a connection and never follows a key address out of a token. Everything here is immutable and safe for any thread.
 * A token's text is never logged, kept or put into a message.
 */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
