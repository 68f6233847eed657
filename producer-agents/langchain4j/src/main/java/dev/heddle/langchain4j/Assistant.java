package dev.heddle.langchain4j;

import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;

/** The AI service behind the agent that is made from configuration alone. */
interface Assistant {
    TokenStream answer(@UserMessage String prompt, InvocationParameters parameters);
}
