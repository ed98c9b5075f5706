pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        augment typos, forms: ['Please: {prompt}']
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
