pipeline('hello') {
    prepare { dataset 'data/hello.jsonl'; keep 'created' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        slices by: 'created', every: fortnight
    }
}
