package dev.septet.workflows.quota;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What the operator of the workers gives to a run's team.
 *
 * @param weight the team's weight among the teams whose work has the same priority; 1 is usual
 * @param limited whether the team has a quota, so that the run asks for it before each stage
 */
public record TeamShare(
        double weight,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean limited) {
    /** The name of the team of pipelines without a team. */
    public static final String DEFAULT_TEAM = "default";
}
