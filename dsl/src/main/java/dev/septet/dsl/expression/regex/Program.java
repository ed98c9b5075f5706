package dev.septet.dsl.expression.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Compiles a pattern to instructions of a virtual machine.
 *
 * @see <a href="https://swtch.com/~rsc/regexp/regexp2.html">Cox: Regular Expression Matching: the Virtual Machine
 *     Approach, 2009</a>
 */
final class Program {
    private static final int MAX_INSTRUCTIONS = 2_000;

    /** One instruction. The targets of {@code Split} and {@code Jump} are indexes of instructions. */
    sealed interface Instruction {
        record Take(IntPredicate set) implements Instruction {}

        record Check(Syntax.Assertion.Kind assertion) implements Instruction {}

        record Split(int first, int second) implements Instruction {}

        public record Jump(int to) implements Instruction {}

        record Accept() implements Instruction {}
    }

    private final List<Instruction> instructions = new ArrayList<>();

    private Program() {}

    static Instruction[] of(Syntax syntax) {
        var program = new Program();
        program.write(syntax);
        program.add(new Instruction.Accept());
        return program.instructions.toArray(Instruction[]::new);
    }

    private void write(Syntax syntax) {
        if (syntax instanceof Syntax.CharacterClass characters) {
            add(new Instruction.Take(characters.set()));
        } else if (syntax instanceof Syntax.Assertion assertion) {
            add(new Instruction.Check(assertion.kind()));
        } else if (syntax instanceof Syntax.Sequence sequence) {
            sequence.parts().forEach(this::write);
        } else if (syntax instanceof Syntax.Choice choice) {
            choice(choice.branches());
        } else if (syntax instanceof Syntax.Repeat repeat) {
            repeat(repeat);
        }
    }

    /** Writes {@code split b1, rest; b1; jump end; rest: ...; end:}. */
    private void choice(List<Syntax> branches) {
        List<Integer> jumps = new ArrayList<>();
        for (Syntax branch : branches.subList(0, branches.size() - 1)) {
            int split = add(new Instruction.Jump(0));
            write(branch);
            jumps.add(add(new Instruction.Jump(0)));
            instructions.set(split, new Instruction.Split(split + 1, instructions.size()));
        }
        write(branches.get(branches.size() - 1));
        jumps.forEach(jump -> instructions.set(jump, new Instruction.Jump(instructions.size())));
    }

    private void repeat(Syntax.Repeat repeat) {
        for (int i = 0; i < repeat.least(); i++) {
            write(repeat.part());
        }
        if (repeat.most() == Syntax.Repeat.NO_END) {
            int split = add(new Instruction.Jump(0));
            write(repeat.part());
            add(new Instruction.Jump(split));
            instructions.set(split, split(split + 1, instructions.size(), repeat.greedy()));
            return;
        }
        List<Integer> splits = new ArrayList<>();
        for (int i = repeat.least(); i < repeat.most(); i++) {
            splits.add(add(new Instruction.Jump(0)));
            write(repeat.part());
        }
        splits.forEach(at -> instructions.set(at, split(at + 1, instructions.size(), repeat.greedy())));
    }

    private static Instruction split(int more, int enough, boolean greedy) {
        return greedy ? new Instruction.Split(more, enough) : new Instruction.Split(enough, more);
    }

    private int add(Instruction instruction) {
        if (instructions.size() == MAX_INSTRUCTIONS) {
            throw new RegexProblem("it is too large: its repetitions multiply each other");
        }
        instructions.add(instruction);
        return instructions.size() - 1;
    }
}
