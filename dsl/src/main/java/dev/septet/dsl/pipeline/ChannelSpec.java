package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A channel for notifications. Open: other jars may add channels, see {@link SpecTypes}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = WebhookSpec.class, name = "webhook"),
    @JsonSubTypes.Type(value = CommandSpec.class, name = "command")
})
public interface ChannelSpec {}
