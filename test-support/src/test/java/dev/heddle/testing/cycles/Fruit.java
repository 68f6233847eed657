package dev.heddle.testing.cycles;

sealed interface Fruit permits Apple {}
