// Trains a tiny language model on the pages of a manual: plain text, Markdown, HTML and PDF.
pipeline('documents') {
    description 'The manual of a water filter, as plain text'

    prepare {
        dataset documents('pages/', chunk: 64, overlap: 8), licence: 'apache-2.0'
        deduplicate exact
        split train: 65.percent, validation: 10.percent, test: 25.percent, by: 'document'
        maxTokens 64
    }
    initialize {
        model '../quickstart/base-model'
    }
    setup {
        seed 42
    }
    train {
        method lora { rank 8 }
        steps 60
        batch size: 8
        learningRate cosine(peak: 2e-3, warmup: 6.steps)
        checkpoint every: 30.steps, keep: 1
    }
    evaluate {
        metric loss
        metric perplexity
        compare baseline
    }
    deploy {
        target directory('models/documents')
    }
}
