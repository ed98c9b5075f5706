pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        epochs 60
        objective dpo { beta 3 }
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate { metric loss }
}
