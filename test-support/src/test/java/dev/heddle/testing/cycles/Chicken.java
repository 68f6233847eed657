package dev.heddle.testing.cycles;

record Chicken(int weight) {
    static final class Nest {
        private final Egg egg = new Egg();

        Egg egg() {
            return egg;
        }
    }
}
