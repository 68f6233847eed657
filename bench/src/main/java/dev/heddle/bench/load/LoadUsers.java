package dev.heddle.bench.load;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The users of a load, all with names of one length, each known by its index. Immutable. */
public final class LoadUsers {
    private final List<UserKey> users;

    private LoadUsers(List<UserKey> users) {
        this.users = users;
    }

    /** So many users, wherever their events lie. */
    public static LoadUsers of(String prefix, int count) {
        return new LoadUsers(
                IntStream.range(0, count).mapToObj(i -> user(prefix, i)).toList());
    }

    /** So many users whose events all lie in one partition. */
    public static LoadUsers in(int partition, int partitions, LoadUsers.Names names) {
        return new LoadUsers(IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> user(names.prefix(), i))
                .filter(user -> Partitioning.partitionOf(user, partitions) == partition)
                .limit(names.count())
                .toList());
    }

    /** How users are called, and how many there are. */
    public record Names(String prefix, int count) {}

    private static UserKey user(String prefix, int number) {
        return UserKey.of(String.format(Locale.ROOT, "%s-%07d", prefix, number));
    }

    /** All of these, the first one's users first. */
    public static LoadUsers joined(List<LoadUsers> parts) {
        return new LoadUsers(parts.stream().flatMap(part -> part.users.stream()).toList());
    }

    public UserKey user(int index) {
        return users.get(index);
    }

    public int size() {
        return users.size();
    }

    /** How many of the first {@code events} are this user's, if they were given to the users in turn. */
    public long share(int index, long events) {
        return events / users.size() + (index < events % users.size() ? 1 : 0);
    }
}
