package dev.septet.llm.model.program;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The identities of the training programs. A program's identity is its name, and from its second revision on also its revision.
 * Checkpoints and ledgers have it. Two programs with the same identity compute the same bits on the same kind of worker, in every
 * version of Septet.
 *
 * <p>Whoever changes a program so that any result may differ by a bit raises its revision here. Half-trained runs of the earlier
 * revision are then not continued with the new one.
 */
public enum ProgramRevision {
    AUTOGRAD("autograd", 1),
    LORA("lora", 1),
    WEIGHTS("weights", 1),
    WEIGHTS_ABOVE("weights above frozen blocks", 1);

    private static final String REVISION = " revision ";

    private final String program;
    private final int revision;

    ProgramRevision(String program, int revision) {
        this.program = program;
        this.revision = revision;
    }

    /** The program's identity, such as {@code lora} or {@code lora revision 2}. */
    public String identity() {
        return identity(program, revision);
    }

    static String identity(String program, int revision) {
        return revision == 1 ? program : String.format(Locale.ROOT, "%s%s%d", program, REVISION, revision);
    }

    /** Whether this engine has a program with the identity. */
    public static boolean has(String identity) {
        return Arrays.stream(values()).anyMatch(each -> each.identity().equals(identity));
    }

    /** This engine's identity of the program whose other revision an identity names; empty for an unknown program. */
    public static Optional<String> successor(String identity) {
        int at = identity.indexOf(REVISION);
        String program = at < 0 ? identity : identity.substring(0, at);
        return Arrays.stream(values())
                .filter(each -> each.program.equals(program))
                .map(ProgramRevision::identity)
                .findFirst();
    }

    /** Identities of the programs that have changed since their first revision; they distinguish results of equal requests. */
    public static List<String> changed() {
        return Arrays.stream(values())
                .filter(each -> each.revision > 1)
                .map(ProgramRevision::identity)
                .toList();
    }
}
