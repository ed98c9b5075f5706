pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        columns question: 'prompt'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
