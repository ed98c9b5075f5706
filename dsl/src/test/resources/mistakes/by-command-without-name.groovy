pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { 
        model 'base'
    }
    train {
        method lora()
        by command()
    }
    evaluate { metric loss }
}
