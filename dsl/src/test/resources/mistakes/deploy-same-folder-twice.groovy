pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    deploy {
        target directory('models/tuned')
        target ollama('tuned', directory: 'models/tuned')
    }
}
