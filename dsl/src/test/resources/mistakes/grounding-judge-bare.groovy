pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        grounding judge: 'gpt-4o', tokens: 9
    }
}
