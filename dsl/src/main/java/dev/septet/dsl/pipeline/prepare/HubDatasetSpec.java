package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import dev.septet.dsl.pipeline.HubId;
import java.util.regex.Pattern;

/**
 * A dataset of the Hugging Face Hub.
 *
 * @param id its name, such as {@code HuggingFaceH4/no_robots}
 * @param revision branch, tag or commit
 * @param config the configuration, {@code default} for the only one
 * @param split the split of the Hub's dataset, such as {@code train}
 */
public record HubDatasetSpec(String id, String revision, String config, String split) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");

    public HubDatasetSpec {
        require(HubId.of(id).isPresent(), "'%s' is not the name of a dataset on the Hub, such as 'org/name'", id);
        require(HubId.isRevision(revision), "revision: must be a branch, a tag or a commit, got '%s'", revision);
        require(NAME.matcher(config).matches(), "config: must be the name of a configuration, got '%s'", config);
        require(NAME.matcher(split).matches(), "split: must be the name of a split, got '%s'", split);
    }

    /** The name in its parts. */
    public HubId hubId() {
        return HubId.of(id).orElseThrow();
    }
}
