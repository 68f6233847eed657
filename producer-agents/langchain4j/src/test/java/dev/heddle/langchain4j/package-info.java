/** Tests of the adapter against a server that speaks the Chat Completions API's streaming format, and a real Kafka. */
@NullMarked
package dev.heddle.langchain4j;

import org.jspecify.annotations.NullMarked;
