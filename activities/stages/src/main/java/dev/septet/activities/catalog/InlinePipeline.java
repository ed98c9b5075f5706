package dev.septet.activities.catalog;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FolderTargetSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.workflows.FailureType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A pipeline whose text is part of the request. Anyone who may start a workflow may send one.
 * Therefore its name space is separate and derived from its text. It publishes only into folders
 * there, and cannot use a name, route, port, bucket or secret of the catalogue's pipelines.
 */
final class InlinePipeline {
    private static final int DIGITS = 12;

    private InlinePipeline() {}

    /** The name of an inline pipeline; no file of the catalogue can have it. */
    static String name(String pipeline, String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
            return PipelineFiles.INLINE + HexFormat.of().formatHex(digest).substring(0, DIGITS) + "." + pipeline;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Checks that the pipeline publishes into folders only.
     *
     * @throws StageProblem POLICY_DENIED naming the first other target
     */
    static void check(PipelineSpec spec) {
        DeploySpec deploy = spec.deploy();
        if (deploy == null) {
            return;
        }
        for (TargetSpec target : deploy.targets()) {
            if (!(target instanceof FolderTargetSpec)) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        "deploy: a pipeline with its text in the request publishes into folders of its own, not to %s. Put its file into a folder that the worker serves"
                                .formatted(target.place()));
            }
        }
    }
}
