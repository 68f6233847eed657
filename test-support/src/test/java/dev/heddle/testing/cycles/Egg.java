package dev.heddle.testing.cycles;

final class Egg {
    Chicken hatch() {
        return new Chicken(1);
    }
}
