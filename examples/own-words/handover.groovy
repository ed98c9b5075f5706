// The word of own-words.jar that trains instead of Septet's own engine: see README.md.
pipeline('handover') {
    description 'Routes support tickets with a model that another system trains'

    prepare {
        dataset 'data/tickets.tsv', format: tsv
        split train: 80.percent, validation: 10.percent, test: 10.percent
        maxTokens 256
    }
    initialize { model 'base-model' }
    train {
        method lora { rank 4 }
        steps 10
        by handover(to: 'team')
    }
    evaluate { metric loss }
}
