package dev.septet.dsl.expression.regex;

import dev.septet.dsl.expression.regex.Program.Instruction;

/**
 * Runs a compiled pattern over a text, with all threads in parallel and without backtracking. Each code point visits
 * every instruction at most once.
 */
final class Machine {
    private final Instruction[] program;
    private final int[] text;
    private final Cost cost;

    /** Threads in order of priority: the instruction, and the position in the text where the match began. */
    private int[] pcs;

    private int[] starts;
    private int count;
    private int[] nextPcs;
    private int[] nextStarts;
    private int nextCount;

    /** The position plus one at which an instruction was last reached. */
    private final int[] reached;

    private int matchStart = -1;
    private int matchEnd = -1;

    Machine(Instruction[] program, int[] text, Cost cost) {
        this.program = program;
        this.text = text;
        this.cost = cost;
        pcs = new int[program.length];
        starts = new int[program.length];
        nextPcs = new int[program.length];
        nextStarts = new int[program.length];
        reached = new int[program.length];
    }

    /**
     * Finds the leftmost match from this position on. If several begin at one position, the pattern's order decides.
     *
     * @param whole whether the match must begin here and end at the end of the text
     */
    boolean find(int from, boolean whole) {
        matchStart = -1;
        count = 0;
        java.util.Arrays.fill(reached, 0);
        for (int at = from; at <= text.length; at++) {
            if (matchStart < 0 && (at == from || !whole)) {
                nextCount = count;
                System.arraycopy(pcs, 0, nextPcs, 0, count);
                System.arraycopy(starts, 0, nextStarts, 0, count);
                follow(0, at, at);
                swap();
            }
            if (count == 0 && (matchStart >= 0 || whole)) {
                break;
            }
            cost.add(1 + count);
            step(at, whole);
        }
        return matchStart >= 0;
    }

    int start() {
        return matchStart;
    }

    int end() {
        return matchEnd;
    }

    private void step(int at, boolean whole) {
        nextCount = 0;
        for (int thread = 0; thread < count; thread++) {
            Instruction instruction = program[pcs[thread]];
            if (instruction instanceof Instruction.Accept) {
                if (!whole || at == text.length) {
                    matchStart = starts[thread];
                    matchEnd = at;
                    break; // threads after this one have lower priority
                }
            } else if (at < text.length
                    && instruction instanceof Instruction.Take take
                    && take.set().test(text[at])) {
                follow(pcs[thread] + 1, starts[thread], at + 1);
            }
        }
        swap();
    }

    /** Adds a thread for every instruction that needs a code point at this position. */
    private void follow(int pc, int start, int at) {
        if (reached[pc] == at + 1) {
            return;
        }
        reached[pc] = at + 1;
        Instruction instruction = program[pc];
        if (instruction instanceof Instruction.Jump jump) {
            follow(jump.to(), start, at);
        } else if (instruction instanceof Instruction.Split split) {
            follow(split.first(), start, at);
            follow(split.second(), start, at);
        } else if (instruction instanceof Instruction.Check check) {
            if (holds(check.assertion(), at)) {
                follow(pc + 1, start, at);
            }
        } else {
            nextPcs[nextCount] = pc;
            nextStarts[nextCount++] = start;
        }
    }

    private boolean holds(Syntax.Assertion.Kind assertion, int at) {
        return switch (assertion) {
            case START -> at == 0;
            case END -> at == text.length;
            case WORD_BOUNDARY -> isWord(at - 1) != isWord(at);
            case NOT_WORD_BOUNDARY -> isWord(at - 1) == isWord(at);
        };
    }

    private boolean isWord(int at) {
        return at >= 0 && at < text.length && Sets.WORD.test(text[at]);
    }

    private void swap() {
        int[] oldPcs = pcs;
        int[] oldStarts = starts;
        pcs = nextPcs;
        starts = nextStarts;
        count = nextCount;
        nextPcs = oldPcs;
        nextStarts = oldStarts;
    }
}
