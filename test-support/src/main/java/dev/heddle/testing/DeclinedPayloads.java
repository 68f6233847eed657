package dev.heddle.testing;

import java.util.List;

/**
 * Answers to an approval request that do not approve: each is the {@code payload} member of a resume entry after a
 * comma, with apostrophes for quotes.
 */
public final class DeclinedPayloads {
    public static final List<String> ALL = List.of(
            "",
            ",'payload':false",
            ",'payload':'false'",
            ",'payload':'true'",
            ",'payload':'yes'",
            ",'payload':'no'",
            ",'payload':0",
            ",'payload':1",
            ",'payload':{}",
            ",'payload':[true]",
            ",'payload':{'approved':'yes'}",
            ",'payload':{'approved':'true'}",
            ",'payload':{'approved':1}",
            ",'payload':{'approved':null}",
            ",'payload':{'approved':false}",
            ",'payload':{'decision':'reject'}",
            ",'payload':{'decision':true}",
            ",'payload':{'approved':true,'decision':'reject'}",
            ",'payload':{'approved':false,'decision':'approve'}",
            ",'payload':{'approved':true,'editedArgs':{'n':2}}");

    private DeclinedPayloads() {}
}
