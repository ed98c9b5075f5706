pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        augment synonyms
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
