package dev.septet.dsl.pipeline.train;

/** Trains every parameter except frozen layers. */
public record FullSpec() implements MethodSpec {}
