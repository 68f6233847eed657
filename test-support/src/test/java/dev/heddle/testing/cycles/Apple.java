package dev.heddle.testing.cycles;

record Apple(Chicken eater) implements Fruit {}
