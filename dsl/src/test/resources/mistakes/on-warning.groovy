pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        onWarning stop, deadAdapters: lowerRate
    }
    evaluate { metric loss }
}
