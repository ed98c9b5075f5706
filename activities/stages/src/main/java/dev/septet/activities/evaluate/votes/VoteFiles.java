package dev.septet.activities.evaluate.votes;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Votes files that pipeline files name. Before the first review, a file does not exist. */
public final class VoteFiles {
    private VoteFiles() {}

    /**
     * The votes with the content of their file.
     *
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its line
     */
    public static VotesSpec read(PipelineFiles files, RunRef run, VotesSpec votes) throws IOException {
        VotesSpec whole = votes.with(text(files, run, votes.file()));
        var unused = parsed(whole);
        return whole;
    }

    /** The content of a file that was read before. */
    public static VoteFile parsed(VotesSpec votes) {
        try {
            return VoteFile.read(Objects.requireNonNull(votes.text()));
        } catch (VoteProblem problem) {
            throw StageProblem.invalid(
                    "evaluate: `metric humanWinRate`: votes '%s': %s".formatted(votes.file(), problem.getMessage()));
        }
    }

    /** Digest of the content that was read, for keys. */
    public static String digest(VotesSpec votes) {
        return "votes " + Sha256.of(Objects.requireNonNull(votes.text()));
    }

    private static String text(PipelineFiles files, RunRef run, String name) throws IOException {
        if (!files.exists(run, name)) {
            return "";
        }
        Path file = files.read(run, name);
        if (!Files.isRegularFile(file)) {
            throw StageProblem.invalid("evaluate: '%s' is not a file".formatted(name));
        } else if (Files.size(file) > VoteFile.LARGEST) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "evaluate: '%s' is larger than %d MiB; begin another one with `septet review --votes`",
                    name,
                    VoteFile.LARGEST >> 20));
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw StageProblem.invalid("evaluate: '%s' is not UTF-8 text, so it is no votes file".formatted(name));
        }
    }
}
