pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: text
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        objective supervised()
    }
}
