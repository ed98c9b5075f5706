package dev.septet.activities.evaluate.judge;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The files of judges: the rubric, and the verdicts of people. */
public final class JudgeFiles {
    private static final long LARGEST_RUBRIC = 64L << 10;
    private static final long LARGEST_LABELS = 8L << 20;

    private JudgeFiles() {}

    /**
     * The judges with the contents of their files.
     *
     * @param word the words of the pipeline file that name the judges, for messages
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its line
     */
    public static JudgeSpec read(PipelineFiles files, RunRef run, String word, JudgeSpec judge) throws IOException {
        String path = judge.rubric();
        String rubric = path == null ? null : text(files, run, path, LARGEST_RUBRIC);
        if (rubric != null && rubric.isBlank()) {
            throw StageProblem.invalid(
                    "evaluate: `%s`: rubric '%s' is empty; write what makes an answer good".formatted(word, path));
        }
        String labels = judge.labels();
        JudgeSpec whole = judge.with(rubric, labels == null ? null : text(files, run, labels, LARGEST_LABELS));
        try {
            var unused = PeopleLabels.read(whole);
        } catch (IllegalArgumentException e) {
            throw StageProblem.invalid("evaluate: `%s`: labels '%s': %s".formatted(word, labels, e.getMessage()));
        }
        return whole;
    }

    /** Digest of the contents that were read, and of the models beside the pipeline, for keys. */
    public static String digest(PipelineFiles files, RunRef run, JudgeSpec judge) throws IOException {
        StringBuilder parts = new StringBuilder("judge texts " + JudgePanel.textsVersion(judge));
        String rubric = judge.rubricText();
        parts.append('\n').append(rubric == null ? "" : Sha256.of(rubric));
        String labels = judge.labelsText();
        parts.append('\n').append(labels == null ? "" : Sha256.of(labels));
        for (GenerateSpec.Teacher by : judge.by()) {
            parts.append('\n').append(Teachers.digest(files, run, by));
        }
        return Sha256.of(parts.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(PipelineFiles files, RunRef run, String name, long largest) throws IOException {
        Path file = files.read(run, name);
        if (!Files.isRegularFile(file)) {
            throw StageProblem.invalid("evaluate: '%s' is not a file".formatted(name));
        } else if (Files.size(file) > largest) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT, "evaluate: '%s' is larger than %d KiB; use a smaller file", name, largest >> 10));
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw StageProblem.invalid("evaluate: '%s' is not UTF-8 text; save it as UTF-8".formatted(name));
        }
    }
}
