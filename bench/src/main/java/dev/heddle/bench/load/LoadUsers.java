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

    /** {@code count} users, in any partition. */
    public static LoadUsers of(String prefix, int count) {
        return new LoadUsers(
                IntStream.range(0, count).mapToObj(i -> user(prefix, i)).toList());
    }

    /** {@code names.count()} users with all their events in one partition. */
    public static LoadUsers in(int partition, int partitions, LoadUsers.Names names) {
        return new LoadUsers(IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> user(names.prefix(), i))
                .filter(user -> Partitioning.partitionOf(user, partitions) == partition)
                .limit(names.count())
                .toList());
    }

    /** The users' name prefix, and the number of users. */
    public record Names(String prefix, int count) {}

    private static UserKey user(String prefix, int number) {
        return UserKey.of(String.format(Locale.ROOT, "%s-%07d", prefix, number));
    }

    /** The users of all parts, in the order of the parts. */
    public static LoadUsers joined(List<LoadUsers> parts) {
        return new LoadUsers(parts.stream().flatMap(part -> part.users.stream()).toList());
    }

    public UserKey user(int index) {
        return users.get(index);
    }

    public int size() {
        return users.size();
    }

    /** This user's number of events among the first {@code events}, which go to the users in turn. */
    public long share(int index, long events) {
        return events / users.size() + (index < events % users.size() ? 1 : 0);
    }
}
