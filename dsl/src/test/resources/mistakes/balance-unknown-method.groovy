pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        balance on: 'topic', by: smote
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
