package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Origin;

/**
 * The cleaned rows of one shard.
 *
 * @param artifact file with the rows, before they are compared with rows of other shards
 * @param rows number of rows that were read
 */
public record ShardRef(ArtifactRef artifact, long rows, Origin origin) {}
