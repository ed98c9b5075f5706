package dev.septet.dsl.pipeline;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a model on the Hugging Face Hub, such as {@code HuggingFaceTB/SmolLM2-135M-Instruct}. The rules are the
 * Hub's own, see <a
 * href="https://huggingface.co/docs/huggingface_hub/package_reference/utilities">validate_repo_id</a>.
 */
public record HubId(String owner, String name) {
    private static final int LONGEST = 96;
    private static final String PART = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?";
    private static final Pattern ID = Pattern.compile("(" + PART + ")/(" + PART + ")");
    private static final Pattern REVISION =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*");
    private static final int LONGEST_REVISION = 128;

    /** Parses the text; empty when it is not the name of a model on the Hub. */
    public static Optional<HubId> of(String text) {
        Matcher id = ID.matcher(text);
        boolean right = text.length() <= LONGEST
                && !text.contains("--")
                && !text.contains("..")
                && !text.endsWith(".git")
                && id.matches();
        return right ? Optional.of(new HubId(id.group(1), id.group(2))) : Optional.empty();
    }

    /** Whether the text can name a branch, a tag or a commit. */
    public static boolean isRevision(String text) {
        return text.length() <= LONGEST_REVISION
                && !text.contains("..")
                && REVISION.matcher(text).matches();
    }

    @Override
    public String toString() {
        return owner + "/" + name;
    }
}
