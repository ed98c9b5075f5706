package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.check.CheckFiles;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of a named set.
 *
 * @param digest sha256 of its bytes
 */
public record TestSetFile(TestSetSpec spec, Path file, String digest) {
    /** The files of all named sets, in the order of the pipeline file. */
    public static List<TestSetFile> of(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        List<TestSetFile> sets = new ArrayList<>();
        for (TestSetSpec set : spec.tests()) {
            Path file = files.read(run, set.path());
            sets.add(new TestSetFile(set, file, SourceDigest.of(file).sha256()));
        }
        return sets;
    }

    /**
     * Digest of the files' contents, for keys; null without files. The spec is in the key beside it.
     *
     * @param checks the files of the checks
     */
    static @Nullable String digest(List<TestSetFile> sets, CheckFiles checks) {
        String checked = checks.digest();
        if (sets.isEmpty() && checked == null) {
            return null;
        }
        StringBuilder all = new StringBuilder();
        sets.forEach(set -> all.append(set.digest).append('\n'));
        if (checked != null) {
            all.append("checks ").append(checked).append('\n');
        }
        return Sha256.of(all.toString());
    }

    /** The same file with a spec whose metrics know the contents of their files. */
    public TestSetFile with(TestSetSpec whole) {
        return new TestSetFile(whole, file, digest);
    }

    /**
     * Reads the rows.
     *
     * @param seed seed of sampled answers
     */
    public TestSet read(EvaluateSpec all, long seed) throws IOException {
        EvaluateSpec measured = all.of(spec);
        String rows = spec.plain() ? digest : Sha256.of(digest + "\n" + SpecDigest.of(spec.reading()));
        return new TestSet(spec.name(), spec.path(), measured, RowSource.set(spec, measured, file, rows, seed));
    }
}
