package dev.septet.examples.attacks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Inputs that do everything that is forbidden, by their first letter. */
final class DeadlyTarget implements AttackTarget {
    @Override
    public String name() {
        return "deadly";
    }

    @Override
    public String entry() {
        return "nothing";
    }

    @Override
    public Duration bound() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Input input(Mutator mutator) {
        return new Input(mutator.pick(List.of("fine", "refused", "thrown", "died")), new byte[0]);
    }

    @Override
    public boolean open(Input input, Path folder) {
        switch (input.name()) {
            case "thrown" -> throw new IllegalStateException("undeclared");
            case "died" -> Runtime.getRuntime().halt(134);
            default -> {}
        }
        return input.name().equals("fine");
    }
}
