package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document to which JSON Patches (RFC 6902) are applied, each whole or not at all. For one thread.
 *
 * <p>It behaves as fast-json-patch 3.1 does for AG-UI's client, so that an agent gets the state that a page shows. A
 * few patches that the RFC forbids do not fit here, where the client does something odd: an array index beyond
 * 999,999,999, a {@code from} that is no index of its array, a {@code move} into the moved value, a whole document
 * replaced by a place that is not there, and a {@code remove} from a document that is 0, false or an empty text.
 *
 * <p>The author of patches decides on the growth of a document, and {@code copy} doubles it with a few bytes. The
 * document therefore has a bound, and the cost of patches beyond their own size is taken from the AG-UI thread's
 * {@link PatchBudget}. Changes are made in place and undone if a later operation does not fit: a small patch of a large
 * document stays cheap.
 */
final class PatchedDocument {

    private final PatchBudget budget;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private JsonNode root;
    /** An upper bound of the document's weight in bytes; -1 before its first patch. */
    private long weight = -1;
    /** An upper bound of the document's depth. */
    private int depth;

    /** The outcome of a patch. */
    enum Outcome {
        APPLIED,
        /** It is malformed, a {@code test} failed, or the document has no such place. */
        DOES_NOT_FIT,
        /** The document would become too large or too deep, or the thread's budget is used up. */
        TOO_LARGE
    }

    /** The end of a patch that does not apply. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Outcome outcome;

        private RefusedException(Outcome outcome) {
            super(outcome.name(), null, false, false);
            this.outcome = outcome;
        }
    }

    /** @param root belongs to the document from now on */
    PatchedDocument(JsonNode root, PatchBudget budget) {
        this.root = root;
        this.budget = budget;
    }

    /** The document as it is now; changes with the next patch. */
    JsonNode root() {
        return root;
    }

    /** @param operations belong to the document from now on */
    Outcome apply(JsonNode operations) {
        if (!operations.isArray()) {
            return Outcome.DOES_NOT_FIT;
        }
        weigh();
        budget.earn(JsonWeight.of(operations).weight());
        long weightBefore = weight;
        int depthBefore = depth;
        try {
            for (JsonNode operation : operations) {
                apply(operation.path("op").asText(), operation);
            }
            return Outcome.APPLIED;
        } catch (RefusedException e) {
            while (!undo.isEmpty()) {
                undo.pop().run();
            }
            weight = weightBefore;
            depth = depthBefore;
            return e.outcome;
        } finally {
            undo.clear();
        }
    }

    private void weigh() {
        if (weight < 0) {
            JsonWeight all = JsonWeight.of(root);
            weight = all.weight();
            depth = all.depth();
        }
    }

    private void apply(String op, JsonNode operation) throws RefusedException {
        JsonPointerPath path = pointer(operation, "path");
        switch (op) {
            case "add" -> {
                JsonNode value = value(operation);
                grow(path, JsonWeight.of(value));
                add(path, value, PastTheEnd.REFUSED);
            }
            case "remove" -> remove(path);
            case "replace" -> {
                JsonNode value = value(operation);
                grow(path, JsonWeight.of(value));
                replace(path, value);
            }
            case "move" -> move(pointer(operation, "from"), path);
            case "copy" -> copy(pointer(operation, "from"), path);
            case "test" -> {
                JsonNode found = find(path);
                if (found == null || !JsonWeight.areEqual(found, value(operation))) {
                    throw unfit();
                }
            }
            default -> throw unfit();
        }
    }

    private static JsonPointerPath pointer(JsonNode operation, String field) throws RefusedException {
        JsonNode text = operation.path(field);
        JsonPointerPath path = text.isTextual() ? JsonPointerPath.parse(text.textValue()) : null;
        if (path == null) {
            throw unfit();
        }
        return path;
    }

    private static JsonNode value(JsonNode operation) throws RefusedException {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw unfit();
        }
        return value;
    }

    private static RefusedException unfit() {
        return new RefusedException(Outcome.DOES_NOT_FIT);
    }

    private static RefusedException tooLarge() {
        return new RefusedException(Outcome.TOO_LARGE);
    }

    /** The treatment of an index past an array's end; the client checks only those of {@code add}. */
    private enum PastTheEnd {
        REFUSED,
        APPENDED
    }

    private void move(JsonPointerPath from, JsonPointerPath to) throws RefusedException {
        if (from.isBefore(to)) {
            throw unfit();
        }
        JsonNode moved = existing(from);
        requireParent(to);
        if (depth - from.length() + to.length() > PatchBudget.MAX_DEPTH) {
            JsonWeight deep = JsonWeight.of(moved);
            spend(deep.weight());
            checkDepth(to, deep);
        }
        depth = Math.min(PatchBudget.MAX_DEPTH, Math.max(depth, depth - from.length() + to.length()));
        if (to.isRoot()) {
            setRoot(moved);
            return;
        }
        remove(from);
        add(to, moved, PastTheEnd.APPENDED);
    }

    private void copy(JsonPointerPath from, JsonPointerPath to) throws RefusedException {
        JsonNode original = existing(from);
        requireParent(to);
        JsonWeight more = JsonWeight.of(original);
        spend(more.weight());
        grow(to, more);
        add(to, original.deepCopy(), PastTheEnd.APPENDED);
    }

    private void add(JsonPointerPath path, JsonNode value, PastTheEnd pastTheEnd) throws RefusedException {
        if (path.isRoot()) {
            setRoot(value);
            return;
        }
        JsonNode parent = parent(path);
        if (parent instanceof ObjectNode object) {
            set(object, path.last(), value);
            return;
        } else if (path.length() == 1 && root.isValueNode() && !root.isNull()) {
            return; // JavaScript accepts a field of a number in silence, and drops it
        }
        ArrayNode array = array(parent);
        int at = path.last().equals("-") ? array.size() : index(path.last());
        if (at > array.size() && pastTheEnd == PastTheEnd.REFUSED) {
            throw unfit();
        }
        insert(array, Math.min(at, array.size()), value);
    }

    private void replace(JsonPointerPath path, JsonNode value) throws RefusedException {
        if (path.isRoot()) {
            setRoot(value);
            return;
        }
        JsonNode parent = parent(path);
        if (parent instanceof ObjectNode object && object.has(path.last())) {
            set(object, path.last(), value);
            return;
        }
        ArrayNode array = array(parent);
        int at = index(path.last());
        if (at >= array.size()) {
            throw unfit();
        }
        JsonNode before = array.set(at, value);
        undo.push(() -> array.set(at, before));
    }

    private void remove(JsonPointerPath path) throws RefusedException {
        if (path.isRoot()) {
            setRoot(NullNode.getInstance());
            return;
        }
        JsonNode parent = parent(path);
        if (parent instanceof ObjectNode object) {
            JsonNode before = object.remove(path.last());
            if (before == null) {
                throw unfit();
            }
            undo.push(() -> object.set(path.last(), before));
            return;
        }
        ArrayNode array = array(parent);
        int at = index(path.last());
        if (at >= array.size()) {
            throw unfit();
        }
        shift(array, at);
        JsonNode before = array.remove(at);
        undo.push(() -> array.insert(at, before));
    }

    private void setRoot(JsonNode value) {
        JsonNode before = root;
        undo.push(() -> root = before);
        root = value;
    }

    private void set(ObjectNode object, String field, JsonNode value) {
        JsonNode before = object.replace(field, value);
        undo.push(before == null ? () -> object.remove(field) : () -> object.set(field, before));
    }

    private void insert(ArrayNode array, int at, JsonNode value) throws RefusedException {
        shift(array, at);
        array.insert(at, value);
        undo.push(() -> array.remove(at));
    }

    /** Pays for moving the elements behind this index by one. */
    private void shift(ArrayNode array, int at) throws RefusedException {
        spend((array.size() - at) / PatchBudget.MOVES_FOR_ONE);
    }

    private @Nullable JsonNode find(JsonPointerPath path) throws RefusedException {
        JsonNode at = root;
        for (int i = 0; i < path.length() && at != null; i++) {
            at = child(at, path.token(i));
        }
        return at;
    }

    private JsonNode existing(JsonPointerPath path) throws RefusedException {
        JsonNode found = find(path);
        if (found == null) {
            throw unfit();
        }
        return found;
    }

    private JsonNode parent(JsonPointerPath path) throws RefusedException {
        JsonNode at = root;
        for (int i = 0; i + 1 < path.length(); i++) {
            at = child(at, path.token(i));
            if (at == null) {
                throw unfit();
            }
        }
        return at;
    }

    private void requireParent(JsonPointerPath path) throws RefusedException {
        if (!path.isRoot() && parent(path) instanceof ArrayNode && !path.last().equals("-")) {
            index(path.last());
        }
    }

    private static @Nullable JsonNode child(JsonNode parent, String token) throws RefusedException {
        if (parent instanceof ObjectNode object) {
            return object.get(token);
        }
        ArrayNode array = array(parent);
        return token.equals("-") ? null : array.get(index(token));
    }

    private static ArrayNode array(JsonNode node) throws RefusedException {
        if (node instanceof ArrayNode array) {
            return array;
        }
        throw unfit();
    }

    private static int index(String token) throws RefusedException {
        int index = JsonPointerPath.index(token);
        if (index < 0) {
            throw unfit();
        }
        return index;
    }

    private void spend(long cost) throws RefusedException {
        if (!budget.spend(cost)) {
            throw tooLarge();
        }
    }

    private static void checkDepth(JsonPointerPath path, JsonWeight value) throws RefusedException {
        if (path.length() + value.depth() > PatchBudget.MAX_DEPTH) {
            throw tooLarge();
        }
    }

    /**
     * Makes room for a value. Removed values are not deducted: the document is weighed anew when it seems to have
     * outgrown its bound by an eighth.
     */
    private void grow(JsonPointerPath path, JsonWeight value) throws RefusedException {
        checkDepth(path, value);
        depth = Math.max(depth, path.length() + value.depth());
        weight += value.weight();
        if (weight > budget.documentBytes() + budget.documentBytes() / 8) {
            spend(budget.documentBytes());
            weight = JsonWeight.of(root).weight() + value.weight();
            if (weight > budget.documentBytes()) {
                throw tooLarge();
            }
        }
    }
}
