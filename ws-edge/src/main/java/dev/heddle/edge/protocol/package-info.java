/**
 * The words of {@code heddle.v1} between an edge and its clients: server frames, client frames, the query of a stream
 * request, close codes and the causes behind them.
 *
 * <p>Called by {@code .socket}; of {@code .hub} it knows the values that a client's words turn into and come from.
 * Plain values and pure functions: no thread owns them, nothing blocks, nothing is kept. Every reader here takes what a
 * client sent, so each one has its bound before it has its parser, and answers bad input with a value rather than an
 * exception.
 */
@NullMarked
package dev.heddle.edge.protocol;

import org.jspecify.annotations.NullMarked;
